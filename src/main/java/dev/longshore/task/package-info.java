/**
 * The noun: what a task is, where it may go next, what a type of tasks promises, and the verbs that
 * need no engine: submit and find. Called by everything that submits or runs tasks.
 */
package dev.longshore.task;
