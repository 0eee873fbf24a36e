package dev.longshore.task;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.sql.SQLException;
import org.postgresql.util.PGobject;

/** {@link TaskState} as PostgreSQL's enumeration {@code longshore.task_state}. */
@Converter
public class StateColumn implements AttributeConverter<TaskState, Object> {

  @Override
  public Object convertToDatabaseColumn(TaskState state) {
    if (state == null) {
      return null;
    }
    try {
      PGobject value = new PGobject();
      value.setType("longshore.task_state");
      value.setValue(state.label());
      return value;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public TaskState convertToEntityAttribute(Object column) {
    return column == null ? null : TaskState.of(column.toString());
  }
}
