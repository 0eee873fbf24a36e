package dev.longshore.workload.summary;

import jakarta.json.JsonObject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** The chat endpoint as OpenAI and those who follow it have it. */
@Path("chat/completions")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public interface ChatApi {

  @POST
  JsonObject complete(@HeaderParam("Authorization") String authorization, JsonObject request);
}
