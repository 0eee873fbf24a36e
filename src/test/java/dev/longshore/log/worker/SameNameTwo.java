package dev.longshore.log.worker;

/** Its name is another one's, too: a fault where both are there. */
@EventWorker(name = "same-name", description = "Wrong beside the other.")
public class SameNameTwo {

  @OnMessage("same/name")
  void handle() {}
}
