package dev.longshore.workload.summary;

/** The API will never write this summary: it refuses the request for what it says. */
class SummaryRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SummaryRefused(String message) {
    super(message);
  }
}
