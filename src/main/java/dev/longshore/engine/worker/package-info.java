/**
 * Who this node is and whether it is alive: an id that no two live nodes share, and a lease on
 * database time that its heartbeat renews. Claiming, running and recovering ask it before they act.
 */
package dev.longshore.engine.worker;
