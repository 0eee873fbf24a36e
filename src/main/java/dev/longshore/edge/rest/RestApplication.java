package dev.longshore.edge.rest;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** The root of REST. Resources and providers, those of workloads too, are found by scanning. */
@ApplicationPath("/api")
public class RestApplication extends Application {}
