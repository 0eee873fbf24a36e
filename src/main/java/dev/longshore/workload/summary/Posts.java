package dev.longshore.workload.summary;

import dev.longshore.db.Sql;
import dev.longshore.log.MessageLog;
import dev.longshore.problem.NotFound;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/** The table of posts. */
@ApplicationScoped
@Transactional
class Posts {

  private static final String SELECT =
      """
      select id, title, text, status, summary, error, created_at, summarized_at
      from longshore.post where\s""";

  /** What a page holds at most, but for its last post. */
  private static final int PAGE_BYTES = 4 << 20;

  @Inject private Sql sql;
  @Inject private MessageLog log;

  /** Stores a post and says so in the log, in one transaction. */
  long create(String title, String text) {
    long id =
        sql.first(
                "insert into longshore.post (title, text) values (?, ?) returning id",
                row -> row.getLong(1),
                title,
                text)
            .orElseThrow();
    log.append("post/create", new PostCreated(id, title));
    return id;
  }

  Post get(long id) {
    return sql.first(SELECT + "id = ?", Posts::of, id).orElseThrow(() -> new NotFound("post", id));
  }

  /** Newest first; fewer than was asked for where they are long: none is the end. */
  List<Post> page(Long below, int limit) {
    return sql.list(
        """
        select id, title, text, status, summary, error, created_at, summarized_at
        from (select p.*, sum(octet_length(text) + coalesce(octet_length(summary), 0))
                  over (order by id desc rows between unbounded preceding and 1 preceding) as above
              from longshore.post p where id < ? order by id desc limit ?) p
        where coalesce(above, 0) < ? order by id desc
        """,
        Posts::of,
        below == null ? Long.MAX_VALUE : below,
        limit,
        PAGE_BYTES);
  }

  /** What is to be summarized; empty when the post is gone. */
  Optional<String> text(long id) {
    return sql.first("select text from longshore.post where id = ?", row -> row.getString(1), id);
  }

  void summarized(long id, String summary) {
    sql.update(
        """
        update longshore.post set status = 'summarized', summary = ?, error = null,
            summarized_at = clock_timestamp()
        where id = ?
        """,
        summary,
        id);
  }

  void failed(long id, String error) {
    sql.update(
        "update longshore.post set status = 'failed', error = ? where id = ? and summary is null",
        error,
        id);
  }

  private static Post of(ResultSet row) throws SQLException {
    return new Post(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getObject(7, OffsetDateTime.class),
        row.getObject(8, OffsetDateTime.class));
  }
}
