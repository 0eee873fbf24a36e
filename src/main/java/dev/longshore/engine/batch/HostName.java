package dev.longshore.engine.batch;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The name that a node goes by when it was given none. */
final class HostName {

  private static final String NAME = find();

  private HostName() {}

  static String get() {
    return NAME;
  }

  private static String find() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
