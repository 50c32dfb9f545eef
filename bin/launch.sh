# shellcheck shell=bash
# Sourced by the commands in this folder: finds a JDK and a jar, then becomes that Java process.
HAWSER_HOME=${HAWSER_HOME:-$(dirname "$here")}
export HAWSER_HOME

# launch NAME MODULE HEAP JAR [-DKEY=VALUE...] [ARGUMENT...]: runs JAR of MODULE/target in a checkout, or of lib/ in an
# installation.
# HAWSER_JAVA_OPTS adds JVM options. A cache of loaded classes, where `bin/train` has left one that is newer than the
# jar, spares a start about half of its work; HAWSER_AOT_TRAIN names the programs that shall write theirs when they end.
launch() {
  local name=$1 module=$2 heap=$3 pattern=$4 jar candidate jdk cache
  shift 4
  jdk=$("$here/find-jdk")
  jar=
  for candidate in "$HAWSER_HOME/lib/$name.jar" "$HAWSER_HOME/lib/$name/quarkus-run.jar" "$HAWSER_HOME/$module"/target/$pattern; do
    if [ -f "$candidate" ]; then
      jar=$candidate
      break
    fi
  done
  if [ -z "$jar" ]; then
    echo "$name is not built: run 'make build' in $HAWSER_HOME" >&2
    exit 1
  fi
  cache=$HAWSER_HOME/lib/$name.aot
  [ -f "$cache" ] || cache=$HAWSER_HOME/target/aot/$name.aot
  local flags=(-XX:+UseSerialGC "-Xmx$heap" -Xss512k -XX:+UseCompactObjectHeaders -XX:-UsePerfData
    -XX:+ExitOnOutOfMemoryError -Dio.netty.leakDetection.level=disabled --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
  if [[ " ${HAWSER_AOT_TRAIN:-} " == *" $name "* ]]; then
    flags+=("-XX:AOTCacheOutput=$cache" -Xlog:aot=off,cds=off)
  elif [ "$cache" -nt "$jar" ]; then
    flags+=("-XX:AOTCache=$cache" -Xlog:aot=off,cds=off)
    # What lives long, in an installation, takes the classes alone from the cache: with what methods did in training, JDK 25 leaves
    # them at the first compiler for ever, and a request costs three times as much (docs/performance.md). In a checkout processes
    # live for minutes, and a start counts for more.
    if [[ $cache == "$HAWSER_HOME/lib/"* && "${HAWSER_JAVA_OPTS:-}" != *TieredStopAtLevel=1* &&
      $(< "$jdk/release") == *'JAVA_VERSION="25'* ]]; then
      flags+=(-XX:+UnlockDiagnosticVMOptions -XX:-AOTReplayTraining)
    fi
  fi
  while [[ ${1:-} == -D* ]]; do
    flags+=("$1")
    shift
  done
  # shellcheck disable=SC2086
  exec "$jdk/bin/java" "${flags[@]}" ${HAWSER_JAVA_OPTS:-} -jar "$jar" "$@"
}
