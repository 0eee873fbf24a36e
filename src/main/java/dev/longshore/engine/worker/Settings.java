package dev.longshore.engine.worker;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The settings of a worker: {@code longshore.worker.*} and the lanes' concurrency. */
@ApplicationScoped
class Settings {

  @Inject
  @ConfigProperty(name = "longshore.worker.id")
  private Optional<String> id;

  /** How long a node is believed to live without a sign of it. */
  @Inject
  @ConfigProperty(name = "longshore.worker.lease", defaultValue = "PT10S")
  private Duration lease;

  /** How often a node shows that it lives, at most. */
  @Inject
  @ConfigProperty(name = "longshore.worker.heartbeat", defaultValue = "PT1S")
  private Duration heartbeat;

  @Inject
  @ConfigProperty(name = "longshore.long.concurrency", defaultValue = "16")
  private int longSlots;

  @Inject
  @ConfigProperty(name = "longshore.quick.concurrency", defaultValue = "4")
  private int quickSlots;

  /** The configured id, or the host's name. */
  String id() {
    return id.map(String::strip).filter(s -> !s.isEmpty()).orElseGet(Settings::hostName);
  }

  Duration lease() {
    return lease;
  }

  /** Four signs of life in a lease, at the least. */
  Duration heartbeat() {
    Duration quarter = lease.dividedBy(4);
    return heartbeat.compareTo(quarter) < 0 ? heartbeat : quarter;
  }

  int longSlots() {
    return longSlots;
  }

  int quickSlots() {
    return quickSlots;
  }

  static String hostName() {
    return nameOf(InetAddress::getLocalHost);
  }

  /** What a host is asked for. */
  interface Host {
    InetAddress address() throws UnknownHostException;
  }

  static String nameOf(Host host) {
    try {
      return host.address().getHostName();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(
          "This host has no name, so this worker has no id: set LONGSHORE_WORKER_ID", e);
    }
  }
}
