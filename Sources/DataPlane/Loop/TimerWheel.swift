// One timer wheel per event loop for all timeouts of its connections. Arming a timer is a field store: the wheel finds
// out that a deadline was moved when the old one comes up. One scheduled task ticks it, and only while timers wait.

import NIOCore

/// What a timer calls when its deadline has passed.
protocol TimerOwner: AnyObject {
    func timerFired()
}

/// A deadline that belongs to one connection.
final class WheelTimer {
    /// When the timer fires, in milliseconds of `TimerWheel.now`; nil while it is off.
    fileprivate(set) var deadline: Int64?
    /// The tick whose slot holds the timer; nil while none does.
    fileprivate var queuedTick: Int64?
    fileprivate weak var owner: (any TimerOwner)?

    init() {}

    /// To be called once, by the owner.
    func belong(to owner: any TimerOwner) {
        self.owner = owner
    }

    func cancel() {
        deadline = nil
    }
}

/// A hashed timer wheel with slots of 20 ms.
final class TimerWheel {
    static let tickMilliseconds: Int64 = 20
    private static let slotCount = 512

    private let loop: any EventLoop
    private var slots = [[WheelTimer]](repeating: [], count: TimerWheel.slotCount)
    private var tick: Int64
    private var queued = 0
    private var isTicking = false

    init(loop: any EventLoop) {
        self.loop = loop
        tick = Self.monotonicMilliseconds() / Self.tickMilliseconds
    }

    /// Fires `timer` after that time, instead of any earlier deadline it had.
    func arm(_ timer: WheelTimer, afterMilliseconds delay: Int64) {
        let deadline = Self.monotonicMilliseconds() + max(delay, 1)
        timer.deadline = deadline
        if !isTicking { tick = Self.monotonicMilliseconds() / Self.tickMilliseconds }
        // Beyond the wheel's reach a timer waits in the last slot and is put in again from there. One that waits for a
        // later tick than its deadline's is put in once more; the entry left behind finds nothing to do.
        let due = dueTick(deadline)
        if let queued = timer.queuedTick, queued <= due { return }
        enqueue(timer, due)
    }

    private func dueTick(_ deadline: Int64) -> Int64 {
        min(max(deadline / Self.tickMilliseconds + 1, tick + 1), tick + Int64(Self.slotCount) - 1)
    }

    private func enqueue(_ timer: WheelTimer, _ due: Int64) {
        slots[Int(due % Int64(Self.slotCount))].append(timer)
        timer.queuedTick = due
        queued += 1
        startTicking()
    }

    private func startTicking() {
        guard !isTicking else { return }
        isTicking = true
        schedule()
    }

    private func schedule() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: .milliseconds(Self.tickMilliseconds)) { bound.value.advance() }
    }

    private func advance() {
        let now = Self.monotonicMilliseconds()
        while tick < now / Self.tickMilliseconds {
            tick += 1
            expire(tick, now)
        }
        if queued > 0 {
            schedule()
        } else {
            isTicking = false
        }
    }

    private func expire(_ passed: Int64, _ now: Int64) {
        let slot = Int(passed % Int64(Self.slotCount))
        guard !slots[slot].isEmpty else { return }
        let due = slots[slot]
        slots[slot].removeAll(keepingCapacity: true)
        queued -= due.count
        for timer in due where timer.queuedTick == passed {
            timer.queuedTick = nil
            guard let deadline = timer.deadline else { continue }
            if deadline <= now {
                timer.deadline = nil
                timer.owner?.timerFired()
            } else {
                enqueue(timer, dueTick(deadline))
            }
        }
    }

    /// Milliseconds of the monotonic clock.
    static func monotonicMilliseconds() -> Int64 {
        Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000)
    }
}
