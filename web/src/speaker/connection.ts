/**
 * One WebRTC connection to the stage, from offer to end. A lost one is never mended: the page makes a new one.
 *
 * Source: RFC 9725 (WHIP) without trickle: the offer carries all candidates.
 */
import type { Me } from "../api/told";
import type { Door } from "./door";
import { NOTHING_MEASURED, countsOf, measured, type LineCounts, type LineMeasure } from "./network";

const GATHER_MS_MAX = 1_500;
const CONNECT_MS_MAX = 8_000;
/** The stage sends all the time, sound or reports; this long without a packet and it is gone, whatever ICE hopes. */
const QUIET_MS_MAX = 4_000;
const LOOK_EVERY_MS = 1_000;
/** The line's quality is that of the last five seconds. */
const LINE_LOOKS = 6;
/** «disconnected» heals by itself after a short loss; longer than this it is over. */
const DISCONNECTED_MS_MAX = 2_000;

export class Connection {
  private readonly peer: RTCPeerConnection;
  private session: string | null = null;
  private dying: ReturnType<typeof setTimeout> | undefined;
  private looking: ReturnType<typeof setInterval> | undefined;
  private isClosed = false;
  private readonly sender: RTCRtpSender;
  /** Of the last seconds. */
  line: LineMeasure = NOTHING_MEASURED;

  /** @param onLost called once, when the connection is over and we did not end it. */
  constructor(
    private readonly door: Door,
    private readonly me: Me,
    stream: MediaStream,
    onSound: (stream: MediaStream) => void,
    private readonly onLost: () => void,
  ) {
    this.peer = new RTCPeerConnection({ iceServers: (me.ice_servers ?? []) as unknown as RTCIceServer[], bundlePolicy: "max-bundle" });
    const track = stream.getAudioTracks()[0]!;
    this.sender = this.peer.addTransceiver(track, { direction: "sendrecv", streams: [stream] }).sender;
    this.peer.addEventListener("track", (event) => onSound(event.streams[0] ?? new MediaStream([event.track])));
    this.peer.addEventListener("connectionstatechange", () => this.stateChanged());
  }

  /** Resolves when sound can flow. @throws Refusal the door said no. @throws Error no connection in time. */
  async open(): Promise<void> {
    await this.peer.setLocalDescription();
    await gathered(this.peer);
    const offer = this.peer.localDescription!.sdp;
    const { answer, session } = await this.door.offer(this.me.space.id, offer);
    this.session = session;
    if (this.isClosed) return this.close();
    await this.peer.setRemoteDescription({ type: "answer", sdp: answer });
    await connected(this.peer);
    this.sender.transport?.addEventListener("statechange", () => this.stateChanged());
    this.watchPackets();
  }

  async use(track: MediaStreamTrack): Promise<void> {
    await this.sender.replaceTrack(track);
  }

  /** Ends it and says so to the stage. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.dying);
    clearInterval(this.looking);
    this.peer.close();
    if (this.session) this.door.leave(this.session);
    this.session = null;
  }

  /** Ends it here only: the next offer replaces the session, and a late DELETE must not hit the new one. */
  drop(): void {
    this.session = null;
    this.close();
  }

  private stateChanged(): void {
    clearTimeout(this.dying);
    const state = this.peer.connectionState;
    if (this.isClosed) return;
    // A stage that ends in good order says so on DTLS; Chromium leaves the connection «connected» then.
    const isOver = ["closed", "failed"].includes(this.sender.transport?.state ?? "");
    if (state === "failed" || (state === "connected" && isOver)) this.lost();
    if (state === "disconnected") this.dying = setTimeout(() => this.lost(), DISCONNECTED_MS_MAX);
  }

  private watchPackets(): void {
    let count = 0;
    let sinceMs = performance.now();
    const counted: LineCounts[] = [];
    this.looking = setInterval(async () => {
      const stats = [...(await this.peer.getStats()).values()] as Record<string, unknown>[];
      const now = packetCount(stats);
      if (now !== count) [count, sinceMs] = [now, performance.now()];
      else if (count > 0 && performance.now() - sinceMs > QUIET_MS_MAX) this.lost();
      counted.push(countsOf(stats));
      if (counted.length > LINE_LOOKS) counted.shift();
      if (counted.length > 1) this.line = measured(counted[0]!, counted.at(-1)!);
    }, LOOK_EVERY_MS);
  }

  private lost(): void {
    if (this.isClosed) return;
    this.drop();
    this.onLost();
  }
}

/** All packets that came, sound and reports; 0 where the browser does not count them. */
function packetCount(stats: readonly Record<string, unknown>[]): number {
  let count = 0;
  for (const stat of stats) {
    if (stat["type"] === "inbound-rtp" || stat["type"] === "transport") count += Number(stat["packetsReceived"] ?? 0);
  }
  return count;
}

function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHER_MS_MAX);
    peer.addEventListener("icegatheringstatechange", () => {
      if (peer.iceGatheringState === "complete") (clearTimeout(timer), resolve());
    });
  });
}

function connected(peer: RTCPeerConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not connected after ${CONNECT_MS_MAX} ms`)), CONNECT_MS_MAX);
    const look = (): void => {
      if (peer.connectionState === "connected") (clearTimeout(timer), resolve());
      if (peer.connectionState === "failed" || peer.connectionState === "closed") {
        clearTimeout(timer);
        reject(new Error(`the connection ${peer.connectionState}`));
      }
    };
    peer.addEventListener("connectionstatechange", look);
    look();
  });
}
