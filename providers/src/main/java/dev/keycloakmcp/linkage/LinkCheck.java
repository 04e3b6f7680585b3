package dev.keycloakmcp.linkage;

import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds what of ours would not link in a world of classes: names that are gone or hidden, methods that changed their kind,
 * that became final or that nobody implements, and methods of ours that override nothing any more.
 */
public final class LinkCheck {

    private final TypeWorld world;
    private final Predicate<String> others;

    /**
     * A check in a world.
     *
     * @param world of all classes
     * @param others true for the names of classes that ours need and that may change; the rest is left alone
     */
    public LinkCheck(TypeWorld world, Predicate<String> others) {
        this.world = world;
        this.others = others;
    }

    /** The methods of our classes that override a method of others. */
    public List<Overriding> overridings(Collection<TypeShape> ours) {
        return ours.stream()
                .flatMap(type -> type.methods().entrySet().stream()
                        .filter(method -> canOverride(method.getKey(), method.getValue()))
                        .map(Map.Entry::getKey)
                        .filter(method -> overridesOthers(type, method))
                        .map(method -> new Overriding(type.name(), method)))
                .sorted((one, other) -> one.line().compareTo(other.line()))
                .toList();
    }

    /** All that does not fit, sorted. */
    public SortedSet<Misfit> misfits(
            Collection<TypeShape> ours, Collection<Use> uses, Collection<Overriding> recorded) {
        SortedSet<Misfit> misfits = new TreeSet<>();
        uses.forEach(
                use -> problem(use).ifPresent(problem -> misfits.add(new Misfit(use.user(), use.subject(), problem))));
        ours.forEach(type -> misfits.addAll(inheritance(type)));
        recorded.forEach(entry -> world.find(entry.user())
                .filter(type -> !overridesOthers(type, entry.method()))
                .ifPresent(type ->
                        misfits.add(new Misfit(type.name(), entry.method().toString(), "overrides nothing any more"))));
        if (!recorded.isEmpty()) {
            overridings(ours).stream()
                    .filter(entry -> !recorded.contains(entry))
                    .forEach(entry -> misfits.add(
                            new Misfit(entry.user(), entry.method().toString(), "overrides another one now")));
        }
        return misfits;
    }

    /** The distinct things of others that ours need. */
    public long needs(Collection<Use> uses) {
        return uses.stream()
                .filter(this::concernsOthers)
                .map(Use::need)
                .distinct()
                .count();
    }

    private boolean concernsOthers(Use use) {
        if (others.test(use.owner())) {
            return true;
        }
        Member member = use.member();
        return member != null
                && world.find(use.owner())
                        .flatMap(owner -> declaration(owner, use.kind(), member))
                        .filter(this::isOfOthers)
                        .isPresent();
    }

    private Optional<String> problem(Use use) {
        Optional<TypeShape> found = world.find(use.owner());
        if (found.isEmpty()) {
            return others.test(use.owner()) ? Optional.of("is gone") : Optional.empty();
        }
        TypeShape owner = found.get();
        if (others.test(owner.name()) && !owner.isReachable()) {
            return Optional.of("is no longer public");
        }
        Member member = use.member();
        return switch (use.kind()) {
            case TYPE -> Optional.empty();
            case NEW -> owner.isAbstract() ? Optional.of("is abstract now") : Optional.empty();
            case SUPERCLASS ->
                owner.isInterface() || owner.isFinal() ? Optional.of("can no longer be extended") : Optional.empty();
            case INTERFACE -> owner.isInterface() ? Optional.empty() : Optional.of("is no longer an interface");
            case LAMBDA -> member == null ? Optional.empty() : lambda(owner, member);
            default -> member == null ? Optional.empty() : member(use, owner, member);
        };
    }

    private Optional<String> lambda(TypeShape owner, Member method) {
        Map<Member, String> open = world.unimplemented(owner);
        if (!open.containsKey(method)) {
            return others.test(owner.name()) ? Optional.of("is no longer its abstract method") : Optional.empty();
        }
        return open.keySet().stream()
                .filter(each -> !each.name().equals(method.name()))
                .findFirst()
                .map(another -> "is not its only abstract method any more: " + another);
    }

    private Optional<String> member(Use use, TypeShape owner, Member member) {
        Optional<Declaration> found = declaration(owner, use.kind(), member);
        if (found.isEmpty()) {
            return world.isWhole(owner) ? Optional.of("is gone") : Optional.empty();
        }
        return found.filter(this::isOfOthers).flatMap(declared -> changed(use, owner, declared));
    }

    private Optional<String> changed(Use use, TypeShape owner, Declaration declared) {
        boolean isStatic = use.kind() == Use.Kind.STATIC_FIELD || use.kind() == Use.Kind.STATIC_METHOD;
        if (declared.isStatic() != isStatic && use.kind() != Use.Kind.WRITTEN_FIELD) {
            return Optional.of(isStatic ? "is no longer static" : "is static now");
        }
        if (use.kind() == Use.Kind.INTERFACE_METHOD && !owner.isInterface()) {
            return Optional.of("belongs to a class now");
        }
        if (use.kind() == Use.Kind.METHOD && owner.isInterface()) {
            return Optional.of("belongs to an interface now");
        }
        if (use.kind() == Use.Kind.SUPER_METHOD && declared.isAbstract()) {
            return Optional.of("is abstract now");
        }
        if (use.kind() == Use.Kind.WRITTEN_FIELD && declared.isFinal()) {
            return Optional.of("is final now");
        }
        return isReachable(use.user(), declared) ? Optional.empty() : Optional.of("is no longer accessible");
    }

    private boolean isReachable(String user, Declaration declared) {
        return Modifier.isPublic(declared.access())
                || Modifier.isProtected(declared.access())
                        && around(user)
                                .anyMatch(type ->
                                        world.inherits(type, declared.type().name()));
    }

    /** The class and those around a nested one, in whose name it may call. */
    private Stream<TypeShape> around(String user) {
        return Stream.iterate(
                        user, name -> !name.isEmpty(), name -> name.substring(0, Math.max(0, name.lastIndexOf('$'))))
                .flatMap(name -> world.find(name).stream());
    }

    private SortedSet<Misfit> inheritance(TypeShape type) {
        SortedSet<Misfit> misfits = new TreeSet<>();
        type.methods().forEach((method, access) -> {
            if (canOverride(method, access)) {
                world.overridden(type, method).stream()
                        .filter(Declaration::isFinal)
                        .forEach(other -> misfits.add(
                                new Misfit(type.name(), other.type().name() + "." + method, "is final now")));
            }
        });
        if (!type.isAbstract() && !type.isInterface()) {
            world.unimplemented(type).forEach((method, declaring) -> {
                if (others.test(declaring)) {
                    misfits.add(new Misfit(type.name(), declaring + "." + method, "has to be implemented"));
                }
            });
        }
        return misfits;
    }

    private boolean overridesOthers(TypeShape type, Member method) {
        return world.overridden(type, method).stream().anyMatch(this::isOfOthers);
    }

    private static boolean canOverride(Member method, int access) {
        return !method.isInitializer() && !Modifier.isStatic(access) && !Modifier.isPrivate(access);
    }

    private boolean isOfOthers(Declaration declared) {
        return others.test(declared.type().name());
    }

    private Optional<Declaration> declaration(TypeShape owner, Use.Kind kind, Member member) {
        return switch (kind) {
            case FIELD, STATIC_FIELD, WRITTEN_FIELD -> world.field(owner, member);
            default -> world.method(owner, member);
        };
    }
}
