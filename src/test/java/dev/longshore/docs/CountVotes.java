package dev.longshore.docs;

import dev.longshore.log.Message;
import dev.longshore.log.MessageLog;
import dev.longshore.log.worker.EventWorker;
import dev.longshore.log.worker.OnMessage;
import dev.longshore.log.worker.Periodically;
import dev.longshore.log.worker.WorkerContext;
import jakarta.inject.Inject;
import jakarta.validation.constraints.NotBlank;
import java.util.Map;
import java.util.TreeMap;

@EventWorker(
    name = "votes",
    description = "Counts votes and says who leads.",
    state = CountVotes.Tally.class)
public class CountVotes {

  public record Vote(@NotBlank String candidate) {}

  public record Leader(String candidate, int votes) {}

  public static class Tally {
    public Map<String, Integer> votes = new TreeMap<>();
    public String leader;
  }

  @Inject private MessageLog log;

  @OnMessage("vote/cast")
  void cast(Vote vote, Tally tally) {
    tally.votes.merge(vote.candidate(), 1, Integer::sum);
  }

  @OnMessage("vote/withdraw")
  void withdraw(Vote vote, Tally tally, Message message) {
    if (tally.votes.merge(vote.candidate(), -1, Integer::sum) < 0) {
      throw new IllegalStateException("Message " + message.id() + " withdraws a vote too many");
    }
  }

  @Periodically(every = "PT10S")
  void sayWhoLeads(Tally tally, WorkerContext context) {
    tally.votes.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .filter(first -> !first.getKey().equals(tally.leader))
        .ifPresent(
            first -> {
              tally.leader = first.getKey();
              log.append("vote/leader", new Leader(first.getKey(), first.getValue()));
            });
  }
}
