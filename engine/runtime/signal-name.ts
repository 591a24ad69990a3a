const SIGNAL_PREFIX = 'signal:'

/** How a subscription row names a signal; no message may be called so. */
export function signalSubscriptionName(signalName: string): string {
  return SIGNAL_PREFIX + signalName
}
export function isSignalName(messageName: string): boolean {
  return messageName.startsWith(SIGNAL_PREFIX)
}
