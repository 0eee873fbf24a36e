package dev.longshore.task;

/** A fault that CDI passes over: abstract classes are no beans. */
@Handler(name = "abstract")
public abstract class AbstractHandler {
  void run() {}
}
