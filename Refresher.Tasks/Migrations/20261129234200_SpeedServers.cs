using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Refresher.Tasks.Migrations
{
    /// <inheritdoc />
    public partial class SpeedServers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "client_country",
                table: "speed_tests",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "client_latitude",
                table: "speed_tests",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "client_longitude",
                table: "speed_tests",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "complaint",
                table: "speed_tests",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "confirms",
                table: "speed_tests",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "healthy",
                table: "speed_tests",
                type: "boolean",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "server_directory",
                table: "speed_tests",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "server_precision",
                table: "speed_tests",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "thresholds_download_mbps",
                table: "speed_tests",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "thresholds_percent",
                table: "speed_tests",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "thresholds_ping_ms",
                table: "speed_tests",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "thresholds_upload_mbps",
                table: "speed_tests",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "server_directory",
                table: "speed_test_candidates",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "server_precision",
                table: "speed_test_candidates",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "speed_directories",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    enabled = table.Column<bool>(type: "boolean", nullable: false),
                    list_url = table.Column<string>(type: "text", nullable: true),
                    read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    tried_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    failure = table.Column<string>(type: "text", nullable: true),
                    rests_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_speed_directories", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "speed_health",
                columns: table => new
                {
                    schedule_key = table.Column<string>(type: "text", nullable: false),
                    healthy = table.Column<bool>(type: "boolean", nullable: true),
                    episode_id = table.Column<Guid>(type: "uuid", nullable: true),
                    since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_speed_health", x => x.schedule_key);
                });

            migrationBuilder.CreateTable(
                name: "speed_servers",
                columns: table => new
                {
                    url = table.Column<string>(type: "text", nullable: false),
                    directory = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    sponsor = table.Column<string>(type: "text", nullable: true),
                    city = table.Column<string>(type: "text", nullable: true),
                    country = table.Column<string>(type: "text", nullable: true),
                    country_code = table.Column<string>(type: "text", nullable: true),
                    latitude = table.Column<double>(type: "double precision", nullable: true),
                    longitude = table.Column<double>(type: "double precision", nullable: true),
                    precision = table.Column<string>(type: "text", nullable: false),
                    protocol = table.Column<string>(type: "text", nullable: false),
                    download_path = table.Column<string>(type: "text", nullable: false),
                    upload_path = table.Column<string>(type: "text", nullable: false),
                    ping_path = table.Column<string>(type: "text", nullable: false),
                    ip_path = table.Column<string>(type: "text", nullable: false),
                    upload_bytes = table.Column<long>(type: "bigint", nullable: false),
                    configured = table.Column<bool>(type: "boolean", nullable: false),
                    added_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    asked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    latency_ms = table.Column<double>(type: "double precision", nullable: true),
                    failure = table.Column<string>(type: "text", nullable: true),
                    rests_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_speed_servers", x => x.url);
                });

            migrationBuilder.CreateTable(
                name: "speed_setup",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    monthly_megabytes = table.Column<int>(type: "integer", nullable: true),
                    published = table.Column<bool>(type: "boolean", nullable: false),
                    public_title = table.Column<string>(type: "text", nullable: false),
                    public_schedule = table.Column<string>(type: "text", nullable: true),
                    public_used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_speed_setup", x => x.name);
                });

            migrationBuilder.CreateIndex(
                name: "ix_speed_tests_schedule_key_at",
                table: "speed_tests",
                columns: new[] { "schedule_key", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_speed_health_episode_id",
                table: "speed_health",
                column: "episode_id",
                filter: "episode_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_speed_servers_directory",
                table: "speed_servers",
                column: "directory");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "speed_directories");

            migrationBuilder.DropTable(
                name: "speed_health");

            migrationBuilder.DropTable(
                name: "speed_servers");

            migrationBuilder.DropTable(
                name: "speed_setup");

            migrationBuilder.DropIndex(
                name: "ix_speed_tests_schedule_key_at",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "client_country",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "client_latitude",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "client_longitude",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "complaint",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "confirms",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "healthy",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "server_directory",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "server_precision",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "thresholds_download_mbps",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "thresholds_percent",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "thresholds_ping_ms",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "thresholds_upload_mbps",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "server_directory",
                table: "speed_test_candidates");

            migrationBuilder.DropColumn(
                name: "server_precision",
                table: "speed_test_candidates");
        }
    }
}
