// Whether a connection that came back found what had been there before: then nothing need be compiled anew.

import Schema

extension Dataset {
    func hasSameRows(as other: Dataset, in layouts: Layouts) -> Bool {
        layouts.all.allSatisfy { layout in
            count(of: layout.entity) == other.count(of: layout.entity)
                && rows(of: layout.entity).allSatisfy { row in
                    layout.id(of: row).map { other.row(of: layout.entity, id: $0) == row } ?? false
                }
        }
    }
}
