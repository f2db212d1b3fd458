using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Refresher.Core.Data;

#nullable disable

namespace Refresher.Tasks.Migrations
{
    /// <inheritdoc />
    public partial class Outbox : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateSequence(
                name: "outbox_position");

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    bucket = table.Column<short>(type: "smallint", nullable: false),
                    position = table.Column<long>(type: "bigint", nullable: false, defaultValueSql: "nextval('outbox_position')"),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    topic = table.Column<string>(type: "text", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    trace_parent = table.Column<string>(type: "text", nullable: true),
                    payload = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox", x => new { x.bucket, x.position });
                });

            // Written once, read in order, dropped whole: nothing in it is for autovacuum. The next partitions are made as time goes on.
            migrationBuilder.PartitionByRange("outbox", "position", "bucket", "position");
            migrationBuilder.Sql("CREATE TABLE outbox_0 PARTITION OF outbox FOR VALUES FROM (0) TO (17179869184) WITH (autovacuum_enabled = false)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropSequence(
                name: "outbox_position");
        }
    }
}
