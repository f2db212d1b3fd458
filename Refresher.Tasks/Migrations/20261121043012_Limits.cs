using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Refresher.Tasks.Migrations
{
    /// <inheritdoc />
    public partial class Limits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "concurrency_key",
                table: "schedules",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "continue_with",
                table: "schedules",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "waiting_run_id",
                table: "schedule_states",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "concurrency_key",
                table: "runs",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "held_since",
                table: "runs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "limited",
                table: "runs",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "unique_key",
                table: "runs",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "waiting_for",
                table: "runs",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "limit_slots",
                columns: table => new
                {
                    limit_key = table.Column<string>(type: "text", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_limit_slots", x => new { x.limit_key, x.run_id });
                });

            migrationBuilder.CreateTable(
                name: "limits",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    scope = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    concurrency = table.Column<int>(type: "integer", nullable: true),
                    rate = table.Column<int>(type: "integer", nullable: true),
                    per = table.Column<TimeSpan>(type: "interval", nullable: true),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_limits", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "unique_keys",
                columns: table => new
                {
                    kind = table.Column<string>(type: "text", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ended = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_unique_keys", x => new { x.kind, x.key });
                });

            migrationBuilder.CreateIndex(
                name: "ix_runs_waiting",
                table: "runs",
                columns: new[] { "waiting_for", "priority", "due_at" },
                filter: "waiting_for IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_limit_slots_run_id",
                table: "limit_slots",
                column: "run_id");

            migrationBuilder.CreateIndex(
                name: "ix_limits_scope_name",
                table: "limits",
                columns: new[] { "scope", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_unique_keys_run_id",
                table: "unique_keys",
                column: "run_id");

            migrationBuilder.CreateIndex(
                name: "ix_unique_keys_until",
                table: "unique_keys",
                column: "until",
                filter: "ended");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "limit_slots");

            migrationBuilder.DropTable(
                name: "limits");

            migrationBuilder.DropTable(
                name: "unique_keys");

            migrationBuilder.DropIndex(
                name: "ix_runs_waiting",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "concurrency_key",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "continue_with",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "waiting_run_id",
                table: "schedule_states");

            migrationBuilder.DropColumn(
                name: "concurrency_key",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "held_since",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "limited",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "unique_key",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "waiting_for",
                table: "runs");
        }
    }
}
