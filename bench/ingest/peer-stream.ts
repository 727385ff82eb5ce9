/** The stream between the two processes of the peer. */
export const peerStream = "peer";
