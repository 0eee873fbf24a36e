package dev.longshore.db;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import javax.sql.DataSource;

/**
 * {@link Sql} for those who must not hang: a statement that PostgreSQL does not answer within four
 * seconds is given up. On a few connections of its own, each statement in a transaction of its own,
 * whatever the caller's is.
 */
@ApplicationScoped
@Typed(PromptSql.class)
public class PromptSql extends Sql {

  @Resource(lookup = "jdbc/longshore-prompt")
  private DataSource prompt;

  @Override
  DataSource source() {
    return prompt;
  }
}
