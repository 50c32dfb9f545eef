package dev.hawser.engine.admin;

/** Answers one path. Runs on the admin thread and may take milliseconds, not seconds. */
@FunctionalInterface
public interface AdminHandler {
  AdminResponse handle(AdminRequest request);
}
