using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Refresher.Tasks.Migrations
{
    /// <inheritdoc />
    public partial class SpeedLatencies : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "bufferbloat_grade",
                table: "speed_tests",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "download_host_limit",
                table: "speed_tests",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "download_loaded_jitter_ms",
                table: "speed_tests",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "download_loaded_min_ms",
                table: "speed_tests",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "download_round_trips_per_minute",
                table: "speed_tests",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "download_warm_up_seconds",
                table: "speed_tests",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "upload_host_limit",
                table: "speed_tests",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "upload_loaded_jitter_ms",
                table: "speed_tests",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "upload_loaded_min_ms",
                table: "speed_tests",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "upload_round_trips_per_minute",
                table: "speed_tests",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "upload_warm_up_seconds",
                table: "speed_tests",
                type: "double precision",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "bufferbloat_grade",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "download_host_limit",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "download_loaded_jitter_ms",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "download_loaded_min_ms",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "download_round_trips_per_minute",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "download_warm_up_seconds",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "upload_host_limit",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "upload_loaded_jitter_ms",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "upload_loaded_min_ms",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "upload_round_trips_per_minute",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "upload_warm_up_seconds",
                table: "speed_tests");
        }
    }
}
