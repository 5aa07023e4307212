import { Outbound } from '../base/outbound.ts'
import { outboundPolicy } from '../base/outbound-policy.ts'

/** A way out that may reach what `allowed` lists, loopback by default, and for which every name is 127.0.0.1. */
export function localOutbound(allowed: readonly string[] = ['127.0.0.0/8']): Outbound {
  const policy = outboundPolicy(allowed)
  return new Outbound(
    () => policy,
    async () => ['127.0.0.1'],
  )
}
