package dev.keycloakmcp.consent;

/**
 * A time span as people say it.
 *
 * @param amount how many
 * @param unit of what
 */
public record Period(long amount, Unit unit) {

    /** Units, with their seconds. */
    public enum Unit {
        MINUTES(60),
        HOURS(3600),
        DAYS(86400);

        private final long seconds;

        Unit(long seconds) {
            this.seconds = seconds;
        }
    }

    private static final int SMALLEST_OF_A_UNIT = 2;

    /** In the largest unit of which there are at least two, rounded up: never shorter than it is. */
    public static Period ofSeconds(long seconds) {
        Unit best = Unit.MINUTES;
        for (Unit unit : Unit.values()) {
            if (seconds >= SMALLEST_OF_A_UNIT * unit.seconds) {
                best = unit;
            }
        }
        return new Period((Math.max(seconds, 1) + best.seconds - 1) / best.seconds, best);
    }
}
