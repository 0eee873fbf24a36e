package dev.longshore.edge.rest;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** What the server refuses before REST is reached, such as bad credentials; see WEB-INF/web.xml. */
@WebServlet("/problem")
public class ProblemPage extends HttpServlet {

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    int code = status instanceof Integer i ? i : 404;
    response.setStatus(code);
    response.setContentType(Problem.MEDIA_TYPE);
    response.setCharacterEncoding("UTF-8");
    response.getWriter().write(Problem.of(code, detail(code)).json());
  }

  private static String detail(int code) {
    return switch (code) {
      case 400 -> "The request's headers or address cannot be read.";
      case 401 -> "Credentials are needed: HTTP basic with a user of $LONGSHORE_HOME/credentials.";
      case 403 ->
          "This user may not do that: viewer reads; operator and admin submit, cancel and retry.";
      case 404 -> "There is nothing here; /openapi says what there is.";
      default -> "The server refused the request.";
    };
  }
}
