/** The code of docs/*.md. {@link dev.longshore.docs.TasksDocTest} holds the two together. */
package dev.longshore.docs;
