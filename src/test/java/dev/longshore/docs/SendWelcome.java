package dev.longshore.docs;

import dev.longshore.task.Handler;
import dev.longshore.task.TaskContext;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

@Handler(name = "welcome.send", maxAttempts = 3, timeLimit = "PT30S")
public class SendWelcome {

  public record Welcome(@NotBlank @Email String email, @Size(max = 80) String name) {}

  public record Sent(String to, int attempt) {}

  Sent send(Welcome welcome, TaskContext task) {
    task.progress("writing to " + welcome.email(), 0, 1);
    return new Sent(welcome.email(), task.attempt());
  }
}
