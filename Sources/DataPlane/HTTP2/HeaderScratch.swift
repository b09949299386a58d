// Where an event loop unpacks header blocks: each is read before the next one comes.

import Wire

/// A class, lest the block be copied when it is written to.
final class HeaderScratch {
    var fields: FieldBlock

    init(limit: Int) {
        fields = FieldBlock(limit: limit)
    }
}
