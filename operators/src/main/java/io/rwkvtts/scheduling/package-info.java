/**
 * Which waiting request gets the next slot: {@link io.rwkvtts.scheduling.RequestQueue} orders them,
 * {@link io.rwkvtts.scheduling.TenantRates} limits how fast a tenant may begin requests, {@link
 * io.rwkvtts.scheduling.Admission} puts both together. It knows a request by its place in the queue
 * only.
 */
package io.rwkvtts.scheduling;
