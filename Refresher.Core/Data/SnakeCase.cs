using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Refresher.Core.Data;

/// <summary>PostgreSQL's way of naming: tables, columns and keys in snake_case, so that nobody has to quote them.</summary>
internal static class SnakeCase
{
    public static void Apply(ModelBuilder builder)
    {
        // Names of keys are made of the names that tables have so far, so the order counts; that of the types' names is another one where the program has another name.
        foreach (var entity in builder.Model.GetEntityTypes().OrderBy(entity => entity.Name.StartsWith("Microsoft.", StringComparison.Ordinal) ? 0 : 1).ToList())
        {
            entity.SetTableName(Of(entity.GetTableName()?.Replace("AspNet", "Identity", StringComparison.Ordinal)));

            // A row version is PostgreSQL's own column xmin; the provider names it. What is owned shares its owner's row: its columns
            // are named for the member that owns them, those of its key follow by themselves.
            var table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table);
            foreach (var property in entity.GetProperties().Where(property => !IsNamedElsewhere(entity, property)))
            {
                property.SetColumnName(Of(table is { } store ? property.GetColumnName(store) : property.GetColumnName()));
            }

            foreach (var key in entity.GetKeys())
            {
                key.SetName(Of(key.GetName()));
            }

            foreach (var key in entity.GetForeignKeys())
            {
                key.SetConstraintName(Of(key.GetConstraintName()));
            }

            foreach (var index in entity.GetIndexes())
            {
                index.SetDatabaseName(Of(index.GetDatabaseName()));
            }
        }
    }

    private static bool IsNamedElsewhere(IMutableEntityType entity, IMutableProperty property) =>
        (property.IsConcurrencyToken && property.ClrType == typeof(uint)) || (entity.IsOwned() && property.IsPrimaryKey());

    private static string? Of(string? name) => name is null ? null : JsonNamingPolicy.SnakeCaseLower.ConvertName(name).Replace("__", "_", StringComparison.Ordinal);
}
