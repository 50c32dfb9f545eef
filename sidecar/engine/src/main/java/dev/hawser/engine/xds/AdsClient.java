package dev.hawser.engine.xds;

import com.google.rpc.Code;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delta ADS client: one stream to one of the control planes at a time, subscriptions by name or
 * for everything, an acknowledgement or a refusal that names the field for each response, and the
 * last good state on disk.
 *
 * <p>Its methods are safe for use by any thread and return at once; appliers are called on the one
 * xDS thread.
 */
public final class AdsClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdsClient.class);

  private static final int SAVE_DELAY_MILLIS = 200;
  private static final int KEPT_MINUTES = 10;
  private static final int MAX_NACK = 8 * 1024;

  private final Node node;
  private final LastGoodStore store;
  private final Map<String, TypeState<?>> types = new LinkedHashMap<>();
  private final Map<String, CompletableFuture<Void>> served = new LinkedHashMap<>();
  private final ScheduledExecutorService executor = StreamKeeper.thread("xds");
  private final StreamKeeper<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream;
  private boolean nodeSent;
  private boolean flushPlanned;
  private boolean savePlanned;
  private boolean dropPlanned;
  private volatile Map<String, AdsStatus.Type> typeStatus = Map.of();

  private AdsClient(Builder builder) throws IOException {
    this.node = builder.node;
    this.store = new LastGoodStore(builder.dir);
    this.stream =
        new StreamKeeper<>(
            "Configuration stream",
            builder.dialer,
            AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod(),
            executor,
            new StreamKeeper.Handler<DeltaDiscoveryResponse>() {
              @Override
              public void opened() {
                sendFirst();
              }

              @Override
              public void received(DeltaDiscoveryResponse response) {
                accept(response);
              }

              @Override
              public void closed() {
                nodeSent = false;
              }
            });
    for (ResourceApplier<?> applier : builder.appliers) {
      TypeState<?> type = new TypeState<>(applier);
      types.put(type.typeUrl(), type);
      served.put(type.typeUrl(), new CompletableFuture<>());
    }
  }

  /**
   * Returns a builder.
   *
   * @param node who we say we are, sent once per stream
   * @param dir where the last good state is kept; made if missing
   */
  public static Builder builder(Node node, ControlPlaneDialer dialer, Path dir) {
    return new Builder(node, dialer, dir);
  }

  /** Collects the appliers. */
  public static final class Builder {
    private final Node node;
    private final ControlPlaneDialer dialer;
    private final Path dir;
    private final List<ResourceApplier<?>> appliers = new ArrayList<>();

    private Builder(Node node, ControlPlaneDialer dialer, Path dir) {
      this.node = node;
      this.dialer = dialer;
      this.dir = dir;
    }

    /** Takes the resources of one type; one applier per type. */
    public Builder register(ResourceApplier<?> applier) {
      appliers.add(applier);
      return this;
    }

    /**
     * Makes the client; it does nothing until {@link AdsClient#start}.
     *
     * @throws IOException if the folder cannot be made
     */
    public AdsClient build() throws IOException {
      return new AdsClient(this);
    }
  }

  /**
   * Puts the last good state in force, for what is subscribed by now and what will be, then begins
   * to dial.
   */
  public void start() {
    run(() -> {
      for (TypeState<?> type : types.values()) {
        if (isKept(type)) {
          type.restore(store.load(type.typeUrl()));
        }
        markServed(type);
      }
      publishStatus();
      stream.start();
    });
  }

  /** Subscribes to everything of a type. */
  public void subscribeWildcard(String typeUrl) {
    change(typeUrl, TypeState::subscribeWildcard);
  }

  /** Subscribes to resources by name; those subscribed already stay so. */
  public void subscribe(String typeUrl, Collection<String> names) {
    List<String> copy = List.copyOf(names);
    change(typeUrl, type -> type.subscribe(copy));
  }

  /** Subscribes to one resource by name. */
  public void subscribe(String typeUrl, String name) {
    subscribe(typeUrl, List.of(name));
  }

  /** Ends subscriptions; the applier is not called, its caller knows. */
  public void unsubscribe(String typeUrl, Collection<String> names) {
    List<String> copy = List.copyOf(names);
    change(typeUrl, type -> type.unsubscribe(copy));
  }

  /** Subscribes to exactly these names from now on. */
  public void replaceSubscriptions(String typeUrl, Set<String> names) {
    Set<String> copy = Set.copyOf(names);
    change(typeUrl, type -> type.replaceSubscriptions(copy));
  }

  /**
   * Returns a future that completes when the type has an answer: from a control plane, or from the
   * disk. It completes on the xDS thread.
   */
  public CompletableFuture<Void> served(String typeUrl) {
    CompletableFuture<Void> future = served.get(typeUrl);
    if (future == null) {
      throw unknown(typeUrl);
    }
    return future.copy();
  }

  /** Returns what the stream looks like at this moment. */
  public AdsStatus status() {
    return new AdsStatus(
        stream.isConnected(),
        stream.address(),
        Optional.ofNullable(stream.contactAge()),
        typeStatus);
  }

  private IllegalArgumentException unknown(String typeUrl) {
    return new IllegalArgumentException(
        "xds: type " + typeUrl + " (expected: one of " + types.keySet() + ")");
  }

  private void change(String typeUrl, Consumer<TypeState<?>> what) {
    TypeState<?> type = types.get(typeUrl);
    if (type == null) {
      throw unknown(typeUrl);
    }
    run(() -> {
      what.accept(type);
      markServed(type);
      planFlush();
    });
  }

  private void markServed(TypeState<?> type) {
    CompletableFuture<Void> future = served.get(type.typeUrl());
    if (future != null && (type.isAnswered() || type.holdsAnything())) {
      future.complete(null);
    }
  }

  private void run(Runnable task) {
    try {
      executor.execute(() -> guarded(task));
    } catch (RejectedExecutionException _) {
      LOG.debug("The configuration client is closed");
    }
  }

  /** A bug in one task must not end the client. */
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("The configuration client failed", e);
    }
  }

  /** Many changes of the wants, made in a row, leave as one request per type. */
  private void planFlush() {
    if (!flushPlanned) {
      flushPlanned = true;
      run(this::flush);
    }
  }

  private void flush() {
    flushPlanned = false;
    if (stream.isOpen()) {
      for (TypeState<?> type : types.values()) {
        DeltaDiscoveryRequest.Builder request = type.change();
        if (request != null) {
          send(request);
        }
      }
    }
    publishStatus();
    planSave();
  }

  /**
   * Returns the resources in force by type URL and name. Safe for use by any thread; a change that
   * is made meanwhile may be seen in part.
   */
  public Map<String, Map<String, HeldResource>> held() {
    Map<String, Map<String, HeldResource>> all = new LinkedHashMap<>();
    types.forEach((url, type) -> all.put(url, type.held()));
    return all;
  }

  private void sendFirst() {
    for (TypeState<?> type : types.values()) {
      DeltaDiscoveryRequest.Builder request = type.first();
      if (request != null) {
        send(request);
      }
    }
  }

  private void send(DeltaDiscoveryRequest.Builder request) {
    if (!nodeSent) {
      nodeSent = true;
      request.setNode(node);
    }
    stream.send(request.build());
  }

  private void accept(DeltaDiscoveryResponse response) {
    DeltaDiscoveryRequest.Builder reply =
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setResponseNonce(response.getNonce());
    TypeState<?> type = types.get(response.getTypeUrl());
    List<String> problems =
        type == null
            ? List.of("type_url: " + response.getTypeUrl() + " (expected: " + types.keySet() + ")")
            : type.accept(response);
    if (!problems.isEmpty()) {
      String text = String.join("; ", problems);
      LOG.warn("Configuration refused type={} problems={}", response.getTypeUrl(), text);
      reply.setErrorDetail(
          Status.newBuilder()
              .setCode(Code.INVALID_ARGUMENT_VALUE)
              .setMessage(text.length() > MAX_NACK ? text.substring(0, MAX_NACK) : text));
    }
    send(reply);
    if (type != null) {
      markServed(type);
    }
    publishStatus();
    planSave();
    planDrop();
  }

  private void publishStatus() {
    Map<String, AdsStatus.Type> now = new LinkedHashMap<>();
    types.forEach((url, type) -> now.put(url, type.status()));
    typeStatus = now;
  }

  private void planSave() {
    if (!savePlanned) {
      savePlanned = true;
      var _ =
          executor.schedule(() -> guarded(this::save), SAVE_DELAY_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void save() {
    savePlanned = false;
    for (TypeState<?> type : types.values()) {
      List<Resource> resources = type.changedSinceSaved();
      if (resources != null && isKept(type)) {
        store.save(type.typeUrl(), resources);
      }
    }
  }

  /**
   * Trust bundles are kept with the identity, which may have newer ones from its renewal: those of
   * the last stream must not come back over them.
   */
  private static boolean isKept(TypeState<?> type) {
    return !type.typeUrl().equals(TypeUrls.SECRET);
  }

  /** With a control plane at hand, what the last run wanted and this one does not may go. */
  private void planDrop() {
    if (!dropPlanned) {
      dropPlanned = true;
      var _ =
          executor.schedule(
              () ->
                  guarded(() -> {
                    types.values().forEach(TypeState::dropKept);
                    save();
                  }),
              KEPT_MINUTES,
              TimeUnit.MINUTES);
    }
  }

  /** Ends the stream and writes what is not yet on disk. */
  @Override
  public void close() {
    run(() -> {
      stream.close();
      save();
      executor.shutdown();
    });
    try {
      if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      executor.shutdownNow();
    }
  }
}
