package dev.keycloakmcp.admin;

/**
 * Something that the doctor found.
 *
 * @param id stable, for scripts; one of {@link DoctorCheck}
 * @param severity {@code error}, {@code warning} or {@code info}
 * @param problem what is wrong
 * @param fix how to fix it
 */
public record Finding(String id, String severity, String problem, String fix) {}
