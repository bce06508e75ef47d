/**
 * HTTP and WebSocket over Kafka: requests go to the request topic as text events, their tokens are
 * read from the token topic and decoded here. Any number of gateways may run beside each other.
 */
package io.rwkvtts.gateway;
