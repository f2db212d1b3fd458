using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations;

namespace Refresher.Core.Data;

/// <summary>A table that a migration drops takes the views along that read it: no model knows of those of the schema <c>reporting</c>, and PostgreSQL refuses to drop what a view reads.</summary>
#pragma warning disable EF1001 // The second parameter is the provider's own; there is no other way to a generator that differs in one statement.
internal sealed class DropsWithViews(MigrationsSqlGeneratorDependencies dependencies, INpgsqlSingletonOptions options) : NpgsqlMigrationsSqlGenerator(dependencies, options)
#pragma warning restore EF1001
{
    protected override void Generate(DropTableOperation operation, IModel? model, MigrationCommandListBuilder builder, bool terminate = true)
    {
        builder.Append("DROP TABLE ").Append(Dependencies.SqlGenerationHelper.DelimitIdentifier(operation.Name, operation.Schema)).Append(" CASCADE");
        if (terminate)
        {
            builder.AppendLine(Dependencies.SqlGenerationHelper.StatementTerminator);
            EndStatement(builder);
        }
    }
}
