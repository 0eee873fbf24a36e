package dev.longshore.log.worker;

/** Two of its methods want the same message: a fault. */
@EventWorker(name = "two-for-one", description = "Wrong.")
public class TwoForOneName {

  @OnMessage("two/one")
  void first() {}

  @OnMessage("two/one")
  void second() {}
}
