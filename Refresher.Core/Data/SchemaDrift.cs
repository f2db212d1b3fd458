using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Refresher.Core.Data;

/// <summary>How the model and what all migrations bring differ.</summary>
/// <param name="Missing">What the model has and no migration brings, by the kind of operation: a migration was forgotten.</param>
/// <param name="Unused">Tables that migrations bring and nothing maps any more: those of a task that is gone. They do no harm, and the next migration drops them.</param>
internal sealed record SchemaDrift(IReadOnlyList<string> Missing, IReadOnlyList<string> Unused)
{
    public static SchemaDrift Of(DbContext db)
    {
        var brought = db.GetService<IMigrationsAssembly>().ModelSnapshot?.Model;
        var operations = db.GetService<IMigrationsModelDiffer>().GetDifferences(
            brought is null ? null : db.GetService<IModelRuntimeInitializer>().Initialize(brought, designTime: true).GetRelationalModel(),
            db.GetService<IDesignTimeModel>().Model.GetRelationalModel());
        return new(
            [.. operations.Where(operation => operation is not DropTableOperation).Select(operation => operation.GetType().Name)],
            [.. operations.OfType<DropTableOperation>().Select(operation => operation.Name)]);
    }
}
