package dev.hawser.controlplane.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceDocumentTest {
  private static final String GOOD =
      """
      apiVersion: hawser.dev/v1
      kind: Service
      metadata: {name: orders, namespace: shop}
      spec:
        ports: [{name: http, port: 8080}]
        endpoints: [{address: 127.1.1.1, ports: {8080: 9000}}]
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hawser.dev/v1          | hawser.dev/v2             | apiVersion: 'hawser.dev/v2' (expected: hawser.dev/v1)
          kind: Service          | kind: Deployment          | kind: 'Deployment' (expected: Service)
          kind: Service          | sort: Service             | kind: missing (expected: a string)
          name: orders           | name: Orders              | metadata: service name: 'Orders' (expected: 1-63 of a-z, 0-9 and '-', beginning and ending with a letter or digit)
          namespace: shop        | namespace: 7              | metadata.namespace: 7 (expected: a string; quote it if it looks like a number)
          namespace: shop        | annotations: {a: b}       | metadata.namespace: missing (expected: a string)
          namespace: shop        | namespace: shop, owner: x | metadata.owner: unknown field (expected: annotations, creationTimestamp, labels, name, namespace)
          namespace: shop        | namespace: shop, annotations: {hawser.dev/export: 'No Such'} | metadata.annotations.hawser.dev/export: export to cluster: 'No Such' (expected: 1-63 of a-z, 0-9 and '-', beginning and ending with a letter or digit)
          port: 8080             | port: 80800               | spec.ports[0].port: 80800 (expected: 1-65535)
          port: 8080             | port: '8080'              | spec.ports[0].port: "8080" (expected: 1-65535)
          port: 8080             | port: 8080, prot: http    | spec.ports[0].prot: unknown field (expected: name, port, protocol)
          port: 8080             | port: 8080, protocol: udp | spec.ports[0].protocol: 'udp' (expected: http, http2, grpc, tcp or tls)
          [{name: http, port: 8080}] | []                    | spec.ports: missing (expected: at least one port)
          [{name: http, port: 8080}] | {}                    | spec.ports: {} (expected: a list)
          [{name: http, port: 8080}] | [8080]                | spec.ports[0]: 8080 (expected: an object)
          {8080: 9000}           | {8081: 9000}              | spec.endpoints[0].ports.8081: no such port of the service (expected: one of [8080])
          {8080: 9000}           | {http: 9000}              | spec.endpoints[0].ports.http: 'http' (expected: a port of the service, 1-65535)
          127.1.1.1              | orders.example.com        | spec.endpoints[0].address: 'orders.example.com' (expected: an IPv4 or IPv6 address such as 10.1.2.3 or fd00::1)
          127.1.1.1              | 127.1                     | spec.endpoints[0].address: 127.1 (expected: a string; quote it if it looks like a number)
          127.1.1.1              | 127.1.1.256               | spec.endpoints[0].address: '127.1.1.256' (expected: an IPv4 or IPv6 address such as 10.1.2.3 or fd00::1)
          127.1.1.1              | 0.0.0.0                   | spec.endpoints[0].address: '0.0.0.0' (expected: the address of one instance)
          127.1.1.1              | 127.1.1.1, weight: 0      | spec.endpoints[0].weight: 0 (expected: 1-1000000)
          127.1.1.1              | 127.1.1.1, locality: a/b/c/d | spec.endpoints[0].locality: locality: 'a/b/c/d' (expected: region[/zone[/subzone]])
          127.1.1.1              | 127.1.1.1, serviceAccount: a/b | spec.endpoints[0].serviceAccount: 'a/b' (expected: at most 253 of a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit)
          127.1.1.1              | 127.1.1.1, address: 127.1.1.2 | not YAML at line 6 of the document: Duplicate field 'address'
          """)
  void whatIsWrongIsNamedByItsPath(String good, String bad, String reason) {
    assertThat(GOOD).contains(good);
    DocumentFile file =
        DocumentFile.read("orders.yaml", GOOD.replace(good, bad).getBytes(StandardCharsets.UTF_8));

    assertThat(file.documents()).isEmpty();
    assertThat(file.rejected())
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).isEqualTo(reason));
  }
}
