using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Refresher.Tasks.Migrations
{
    /// <inheritdoc />
    public partial class RunHistory : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<TimeSpan>(
                name: "keep_others",
                table: "schedules",
                type: "interval",
                nullable: true);

            migrationBuilder.AddColumn<TimeSpan>(
                name: "keep_succeeded",
                table: "schedules",
                type: "interval",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "run_rollup_days",
                columns: table => new
                {
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    up_to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    computed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    is_final = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_run_rollup_days", x => x.day);
                });

            migrationBuilder.CreateTable(
                name: "run_rollups",
                columns: table => new
                {
                    schedule_id = table.Column<Guid>(type: "uuid", nullable: false),
                    step = table.Column<string>(type: "text", nullable: false),
                    bucket = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    succeeded = table.Column<int>(type: "integer", nullable: false),
                    failed = table.Column<int>(type: "integer", nullable: false),
                    cancelled = table.Column<int>(type: "integer", nullable: false),
                    expired = table.Column<int>(type: "integer", nullable: false),
                    skipped = table.Column<int>(type: "integer", nullable: false),
                    unfinished = table.Column<int>(type: "integer", nullable: false),
                    late_count = table.Column<int>(type: "integer", nullable: false),
                    late_sum = table.Column<double>(type: "double precision", nullable: false),
                    late_max = table.Column<double>(type: "double precision", nullable: false),
                    late_histogram = table.Column<int[]>(type: "integer[]", nullable: false),
                    ran_count = table.Column<int>(type: "integer", nullable: false),
                    ran_sum = table.Column<double>(type: "double precision", nullable: false),
                    ran_max = table.Column<double>(type: "double precision", nullable: false),
                    ran_histogram = table.Column<int[]>(type: "integer[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_run_rollups", x => new { x.schedule_id, x.step, x.bucket, x.kind });
                });

            migrationBuilder.CreateIndex(
                name: "ix_run_rollups_bucket",
                table: "run_rollups",
                columns: new[] { "step", "bucket" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "run_rollup_days");

            migrationBuilder.DropTable(
                name: "run_rollups");

            migrationBuilder.DropColumn(
                name: "keep_others",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "keep_succeeded",
                table: "schedules");
        }
    }
}
