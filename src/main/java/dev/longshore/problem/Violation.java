package dev.longshore.problem;

/**
 * One thing that is wrong.
 *
 * @param field where: a member of the body ({@code payload.items[2].name}), a query parameter, or
 *     empty for the body as a whole
 * @param message what is wrong and what would be right, as a sentence without the field's name
 */
public record Violation(String field, String message) {}
