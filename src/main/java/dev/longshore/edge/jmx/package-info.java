/**
 * MXBeans under {@code dev.longshore:*}: this node for those who watch and operate it by JMX.
 * Called by the server's connectors; asks the same verbs as {@code edge.rest}.
 */
package dev.longshore.edge.jmx;
