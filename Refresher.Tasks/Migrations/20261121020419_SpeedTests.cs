using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Refresher.Tasks.Migrations
{
    /// <inheritdoc />
    public partial class SpeedTests : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "speed_tests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    schedule_key = table.Column<string>(type: "text", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    seconds = table.Column<double>(type: "double precision", nullable: false),
                    self_test = table.Column<bool>(type: "boolean", nullable: false),
                    failure = table.Column<string>(type: "text", nullable: true),
                    server_url = table.Column<string>(type: "text", nullable: true),
                    server_name = table.Column<string>(type: "text", nullable: true),
                    server_sponsor = table.Column<string>(type: "text", nullable: true),
                    server_city = table.Column<string>(type: "text", nullable: true),
                    server_country = table.Column<string>(type: "text", nullable: true),
                    server_country_code = table.Column<string>(type: "text", nullable: true),
                    server_latitude = table.Column<double>(type: "double precision", nullable: true),
                    server_longitude = table.Column<double>(type: "double precision", nullable: true),
                    server_distance_km = table.Column<double>(type: "double precision", nullable: true),
                    idle_min_ms = table.Column<double>(type: "double precision", nullable: true),
                    idle_median_ms = table.Column<double>(type: "double precision", nullable: true),
                    idle_p95_ms = table.Column<double>(type: "double precision", nullable: true),
                    idle_jitter_ms = table.Column<double>(type: "double precision", nullable: true),
                    download_mbps = table.Column<double>(type: "double precision", nullable: true),
                    download_low_mbps = table.Column<double>(type: "double precision", nullable: true),
                    download_high_mbps = table.Column<double>(type: "double precision", nullable: true),
                    download_bytes = table.Column<long>(type: "bigint", nullable: true),
                    download_seconds = table.Column<double>(type: "double precision", nullable: true),
                    download_streams = table.Column<int>(type: "integer", nullable: true),
                    download_stopped = table.Column<string>(type: "text", nullable: true),
                    download_loaded_ms = table.Column<double>(type: "double precision", nullable: true),
                    download_loaded_p95_ms = table.Column<double>(type: "double precision", nullable: true),
                    download_limited_by_host = table.Column<bool>(type: "boolean", nullable: true),
                    download_curve = table.Column<float[]>(type: "real[]", nullable: true),
                    upload_mbps = table.Column<double>(type: "double precision", nullable: true),
                    upload_low_mbps = table.Column<double>(type: "double precision", nullable: true),
                    upload_high_mbps = table.Column<double>(type: "double precision", nullable: true),
                    upload_bytes = table.Column<long>(type: "bigint", nullable: true),
                    upload_seconds = table.Column<double>(type: "double precision", nullable: true),
                    upload_streams = table.Column<int>(type: "integer", nullable: true),
                    upload_stopped = table.Column<string>(type: "text", nullable: true),
                    upload_loaded_ms = table.Column<double>(type: "double precision", nullable: true),
                    upload_loaded_p95_ms = table.Column<double>(type: "double precision", nullable: true),
                    upload_limited_by_host = table.Column<bool>(type: "boolean", nullable: true),
                    upload_curve = table.Column<float[]>(type: "real[]", nullable: true),
                    client_address = table.Column<string>(type: "text", nullable: true),
                    client_isp = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_speed_tests", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "speed_test_candidates",
                columns: table => new
                {
                    test_id = table.Column<Guid>(type: "uuid", nullable: false),
                    rank = table.Column<int>(type: "integer", nullable: false),
                    server_url = table.Column<string>(type: "text", nullable: false),
                    server_name = table.Column<string>(type: "text", nullable: false),
                    server_sponsor = table.Column<string>(type: "text", nullable: true),
                    server_city = table.Column<string>(type: "text", nullable: true),
                    server_country = table.Column<string>(type: "text", nullable: true),
                    server_country_code = table.Column<string>(type: "text", nullable: true),
                    server_latitude = table.Column<double>(type: "double precision", nullable: true),
                    server_longitude = table.Column<double>(type: "double precision", nullable: true),
                    server_distance_km = table.Column<double>(type: "double precision", nullable: true),
                    latency_ms = table.Column<double>(type: "double precision", nullable: true),
                    failure = table.Column<string>(type: "text", nullable: true),
                    chosen = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_speed_test_candidates", x => new { x.test_id, x.rank });
                    table.ForeignKey(
                        name: "fk_speed_test_candidates_speed_tests_test_id",
                        column: x => x.test_id,
                        principalTable: "speed_tests",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_speed_tests_at",
                table: "speed_tests",
                column: "at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "speed_test_candidates");

            migrationBuilder.DropTable(
                name: "speed_tests");
        }
    }
}
