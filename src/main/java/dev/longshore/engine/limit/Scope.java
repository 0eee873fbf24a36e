package dev.longshore.engine.limit;

/** What a limit is of: a queue or a type. */
record Scope(Kind kind, String name) {

  enum Kind {
    QUEUE,
    TYPE
  }

  static Scope queue(String name) {
    return new Scope(Kind.QUEUE, name);
  }

  static Scope type(String name) {
    return new Scope(Kind.TYPE, name);
  }

  /** A key in it. */
  record Key(Scope scope, String key) {}
}
