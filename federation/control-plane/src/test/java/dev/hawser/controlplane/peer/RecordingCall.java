package dev.hawser.controlplane.peer;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A call to a service method with no wire behind it; remembers how it ended. */
final class RecordingCall<T> extends ServerCallStreamObserver<T> {
  private final CompletableFuture<Status.Code> outcome = new CompletableFuture<>();

  /** Waits for the end, or the first answer: OK. */
  Status.Code outcome() throws Exception {
    return outcome.get(5, TimeUnit.SECONDS);
  }

  @Override
  public void onNext(T value) {
    outcome.complete(Status.Code.OK);
  }

  @Override
  public void onError(Throwable failure) {
    outcome.complete(Status.fromThrowable(failure).getCode());
  }

  @Override
  public void onCompleted() {
    outcome.complete(Status.Code.OK);
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {}

  @Override
  public void setCompression(String compression) {}

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {}

  @Override
  public void request(int count) {}

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void disableAutoRequest() {}
}
