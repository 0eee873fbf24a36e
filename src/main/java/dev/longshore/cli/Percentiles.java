package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.util.Arrays;
import java.util.Collection;

/** Percentiles by nearest rank: the smallest value that at least p % of all do not exceed. */
final class Percentiles {

  private final double[] sorted;

  Percentiles(Collection<Double> values) {
    sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
  }

  double at(double percent) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.max(rank, 1) - 1];
  }

  /** {@code n, p50, p90, p95, p99, max}. */
  JsonObjectBuilder toJson() {
    JsonObjectBuilder json = Json.createObjectBuilder().add("n", sorted.length);
    if (sorted.length > 0) {
      json.add("p50", round(at(50)))
          .add("p90", round(at(90)))
          .add("p95", round(at(95)))
          .add("p99", round(at(99)))
          .add("max", round(at(100)));
    }
    return json;
  }

  /** Two decimals: more would be noise. */
  static double round(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
