/**
 * The proof that nothing is lost: {@link dev.longshore.chaos.Chaos} runs nodes on real servers,
 * gives them a mixed load, kills, stops, pauses and cuts them at random from a seed, and then has
 * {@link dev.longshore.chaos.Rule} read the history of all that happened. {@code ChaosIT} runs it
 * briefly, {@code ./longshore chaos} as long as one likes.
 */
package dev.longshore.chaos;
