package dev.longshore.test;

import jakarta.batch.api.Batchlet;
import jakarta.batch.api.chunk.ItemProcessor;
import jakarta.batch.api.chunk.ItemReader;
import jakarta.batch.api.chunk.ItemWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** A batch job of steps in a line, and where its last attempt has failed. */
final class LinearJob {

  /** Of Jakarta Batch 2.1, 8.2.1. */
  private static final int DEFAULT_ITEM_COUNT = 10;

  private static final Set<String> KNOWN =
      Set.of("step", "batchlet", "chunk", "reader", "processor", "writer");

  private final List<Element> steps;
  private final Map<String, Class<?>> artifacts;
  private int step;
  private Serializable checkpoint;

  private LinearJob(List<Element> steps, Map<String, Class<?>> artifacts) {
    this.steps = steps;
    this.artifacts = artifacts;
  }

  /**
   * @param near a class of the archive that has the job
   * @throws IllegalStateException when it is missing, more than a line, or refers to what is not
   *     there
   */
  static LinearJob read(String name, Class<?> near, Map<String, Class<?>> artifacts) {
    String file = "/META-INF/batch-jobs/" + name + ".xml";
    try (InputStream in = near.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("The batch job " + file + " is missing.");
      }
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setNamespaceAware(true);
      Element job = factory.newDocumentBuilder().parse(in).getDocumentElement();
      LinearJob linear = new LinearJob(inOrder(job, file), artifacts);
      linear.steps.forEach(step -> linear.check(step, file));
      return linear;
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new IllegalStateException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** The next run begins at the first step. */
  void forget() {
    step = 0;
    checkpoint = null;
  }

  /** Runs from where the last run failed. */
  void run(Function<Class<?>, Object> make) throws Exception {
    while (step < steps.size()) {
      Element work = children(steps.get(step)).get(0);
      if (work.getLocalName().equals("batchlet")) {
        ((Batchlet) make.apply(artifact(work))).process();
      } else {
        chunk(work, make);
      }
      step++;
      checkpoint = null;
    }
  }

  private void chunk(Element chunk, Function<Class<?>, Object> make) throws Exception {
    Map<String, Object> made = new LinkedHashMap<>();
    for (Element part : children(chunk)) {
      made.put(part.getLocalName(), make.apply(artifact(part)));
    }
    ItemReader reader = (ItemReader) made.get("reader");
    ItemProcessor processor = (ItemProcessor) made.get("processor");
    ItemWriter writer = (ItemWriter) made.get("writer");
    String count = chunk.getAttribute("item-count");
    int size = count.isEmpty() ? DEFAULT_ITEM_COUNT : Integer.parseInt(count);
    reader.open(checkpoint);
    writer.open(null);
    boolean more = true;
    while (more) {
      List<Object> items = new ArrayList<>();
      for (int read = 0; more && read < size; read++) {
        Object item = reader.readItem();
        more = item != null;
        Object processed = !more || processor == null ? item : processor.processItem(item);
        if (processed != null) {
          items.add(processed);
        }
      }
      if (!items.isEmpty()) {
        writer.writeItems(items);
      }
      checkpoint = reader.checkpointInfo();
    }
    reader.close();
    writer.close();
  }

  private Class<?> artifact(Element of) {
    return artifacts.get(of.getAttribute("ref"));
  }

  private void check(Element of, String file) {
    if (!KNOWN.contains(of.getLocalName())) {
      throw new IllegalStateException(
          file + " has a <" + of.getLocalName() + ">: test it on RealServers.");
    }
    if (of.hasAttribute("ref") && artifact(of) == null) {
      throw new IllegalStateException(
          file
              + " refers to '"
              + of.getAttribute("ref")
              + "', and no class of that @Named was given: add it to .artifacts(…).");
    }
    children(of).forEach(child -> check(child, file));
  }

  private static List<Element> inOrder(Element job, String file) {
    Map<String, Element> byId = new LinkedHashMap<>();
    children(job).forEach(step -> byId.put(step.getAttribute("id"), step));
    List<Element> order = new ArrayList<>();
    Element step = children(job).get(0);
    while (step != null && order.size() <= byId.size()) {
      order.add(step);
      String next = step.getAttribute("next");
      step = byId.get(next);
      if (step == null && !next.isEmpty()) {
        throw new IllegalStateException(file + " has no step '" + next + "' to go on with.");
      }
    }
    return order;
  }

  private static List<Element> children(Element of) {
    List<Element> children = new ArrayList<>();
    for (Node n = of.getFirstChild(); n != null; n = n.getNextSibling()) {
      if (n instanceof Element child) {
        children.add(child);
      }
    }
    return children;
  }
}
