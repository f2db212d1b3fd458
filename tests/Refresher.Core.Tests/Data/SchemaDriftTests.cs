using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Refresher.Core.Contract;
using Refresher.Core.Data;
using Refresher.Testing;

namespace Refresher.Core.Tests.Data;

public sealed class SchemaDriftTests
{
    [Fact]
    public async Task Tables_of_tasks_that_are_gone_stop_nothing_and_a_migration_drops_them_with_the_views_that_read_them()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var engine = await EngineHost.StartAsync(database, new KindCatalog(), "scheduler");

        await engine.WithAsync<RefresherDb, int>(async db =>
        {
            var drift = SchemaDrift.Of(db);
            Assert.Empty(drift.Missing);
            var commands = db.GetService<IMigrationsSqlGenerator>().Generate([.. drift.Unused.Select(table => new DropTableOperation { Name = table })]);
            foreach (var command in commands)
            {
                await db.Database.ExecuteSqlRawAsync(command.CommandText);
            }

            Assert.Empty(await db.Database.SqlQuery<string>($"SELECT relname::text AS \"Value\" FROM pg_class WHERE relname = ANY({drift.Unused.ToArray()})").ToListAsync());
            return commands.Count;
        });
    }
}
