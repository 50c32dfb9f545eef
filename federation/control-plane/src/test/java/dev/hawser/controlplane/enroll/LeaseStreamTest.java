package dev.hawser.controlplane.enroll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.enroll.v1.EnrollResponse;
import dev.hawser.api.enroll.v1.EnrollmentGrpc;
import dev.hawser.api.enroll.v1.LeaseHeartbeat;
import dev.hawser.api.enroll.v1.LeaseReply;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.KeyMaterial;
import io.grpc.stub.StreamObserver;
import java.security.KeyPair;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The leases of VMs, over real gRPC. */
final class LeaseStreamTest extends EnrollmentRig {
  @Test
  void aVmLeasesWhatItsTokenGrantsAlsoAfterARestartOfTheControlPlane() throws Exception {
    KeyPair keys = KeyMaterial.generate();
    EnrollResponse enrolled = enrol(byToken(vmToken(), keys));
    assertThat(enrolled.getServices(0).getName()).isEqualTo("billing");
    assertThat(enrolled.getServices(0).getExport()).isTrue();
    assertThat(enrolled.getServices(0).getPorts(0).getTarget()).isEqualTo(9000);
    assertThat(new GrantBook(store).find(SpiffeId.workload(EAST, "shop", "billing"), "vm-1"))
        .isPresent();

    Replies replies = new Replies();
    StreamObserver<LeaseHeartbeat> beats =
        EnrollmentGrpc.newStub(channel(keys.getPrivate(), chain(enrolled.getSvid().getChainList())))
            .lease(replies);
    beats.onNext(beat(7, "10.0.0.7").build());
    LeaseReply reply = replies.next();
    assertThat(reply.getSequence()).isEqualTo(7);
    assertThat(reply.getLeaseSeconds()).isEqualTo(6);
    VmLease lease = leases.renewed.take();
    assertThat(lease.services().getFirst().name().toString()).isEqualTo("billing.shop");
    assertThat(lease.healthy()).containsValue(false);

    beats.onNext(beat(8, "10.0.0.8").build());
    replies.next();
    assertThat(leases.ended.take().address()).as("the VM moved").isEqualTo("10.0.0.7");
    beats.onNext(beat(9, "10.0.0.8").setLeaving(true).build());
    replies.next();
    assertThat(leases.ended.take().address()).isEqualTo("10.0.0.8");
    beats.onNext(beat(10, "").build());
    assertThat(replies.ended.poll(5, TimeUnit.SECONDS)).hasMessageContaining("INVALID_ARGUMENT");
  }

  @Test
  void aWorkloadWithoutAGrantGetsNoLease() throws Exception {
    KeyPair keys = KeyMaterial.generate();
    EnrollResponse enrolled = enrol(byToken(workloadToken(), keys));
    Replies replies = new Replies();
    StreamObserver<LeaseHeartbeat> beats =
        EnrollmentGrpc.newStub(channel(keys.getPrivate(), chain(enrolled.getSvid().getChainList())))
            .lease(replies);
    beats.onNext(beat(1, "10.0.0.7").build());
    assertThat(replies.ended.poll(5, TimeUnit.SECONDS)).hasMessageContaining("PERMISSION_DENIED");
    assertThat(leases.renewed).isEmpty();
  }

  private static LeaseHeartbeat.Builder beat(long sequence, String address) {
    return LeaseHeartbeat.newBuilder()
        .setSequence(sequence)
        .setAddress(address)
        .setHost("vm-1")
        .putHealthy("billing.shop", false);
  }

  private static final class Replies implements StreamObserver<LeaseReply> {
    final BlockingQueue<LeaseReply> replies = new LinkedBlockingQueue<>();
    final BlockingQueue<Throwable> ended = new LinkedBlockingQueue<>();

    LeaseReply next() throws InterruptedException {
      @Nullable LeaseReply reply = replies.poll(5, TimeUnit.SECONDS);
      if (reply == null) {
        throw new AssertionError("no reply; ended=" + ended);
      }
      return reply;
    }

    @Override
    public void onNext(LeaseReply reply) {
      replies.add(reply);
    }

    @Override
    public void onError(Throwable reason) {
      ended.add(reason);
    }

    @Override
    public void onCompleted() {
      ended.add(new IllegalStateException("completed"));
    }
  }
}
