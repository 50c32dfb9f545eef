# shellcheck shell=bash
# Sourced by the commands in this folder: finds a JDK and a jar, then becomes that Java process.
HAWSER_HOME=${HAWSER_HOME:-$(dirname "$here")}
export HAWSER_HOME

# launch NAME MODULE [ARGUMENT...]: runs MODULE/target/*-all.jar of a checkout, or lib/NAME.jar of an installation.
# HAWSER_JAVA_OPTS adds JVM options; the default heap suits a proxy or a command, not a control plane.
launch() {
  local name=$1 module=$2 jar candidate java
  shift 2
  jar=
  for candidate in "$HAWSER_HOME/lib/$name.jar" "$HAWSER_HOME/$module"/target/*-all.jar; do
    if [ -f "$candidate" ]; then
      jar=$candidate
      break
    fi
  done
  if [ -z "$jar" ]; then
    echo "$name is not built: run 'make build' in $HAWSER_HOME" >&2
    exit 1
  fi
  java=$("$here/find-jdk")/bin/java
  # shellcheck disable=SC2086
  exec "$java" -XX:+UseSerialGC -Xmx96m -Xss512k -XX:+UseCompactObjectHeaders -XX:-UsePerfData \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${HAWSER_JAVA_OPTS:-} -jar "$jar" "$@"
}
