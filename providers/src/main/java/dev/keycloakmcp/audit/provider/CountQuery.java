package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.CountedDays;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.keycloak.models.RealmModel;

/** Counts the rows of a filter; those of days that are counted in advance are not read. */
record CountQuery(EntityManager entities, RealmModel realm, ResolvedFilter filter) {

    private static final int MOST_TRIES = 3;

    /** As {@link RowQueries#count}. Where days are taken out or counted meanwhile, it counts again. */
    List<Object[]> read(List<String> fields, String select, String end, OptionalInt max) {
        DayCounts counts = new DayCounts(entities, realm.getId());
        // Names of users change, days are counted by ids.
        Optional<DayCounts.Known> known = filter.byName() ? Optional.empty() : counts.known();
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            Optional<CountedDays> days = known.flatMap(all -> all.days().within(filter.filter()));
            if (days.isEmpty()) {
                break;
            }
            List<Object[]> read = read(RowQueries.counting(realm, filter, days.get()), fields, select, end, max);
            Optional<DayCounts.Known> afterwards = counts.known();
            if (afterwards.equals(known)) {
                return read;
            }
            known = afterwards;
        }
        return read(RowQueries.of(realm, filter), fields, select, end, max);
    }

    private List<Object[]> read(RowQueries queries, List<String> fields, String select, String end, OptionalInt max) {
        TypedQuery<Object[]> query = queries.count(entities, fields, select, end);
        max.ifPresent(query::setMaxResults);
        return query.getResultList();
    }
}
