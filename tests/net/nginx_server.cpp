// openssl and nginx, run as commands.

#include "net/nginx_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace scaup::test {

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// Ports that were free a moment ago, all different.
std::vector<std::uint16_t> free_ports(std::size_t count) {
  std::vector<std::uint16_t> ports;
  std::vector<int> sockets;
  for (std::size_t i = 0; i < count; ++i) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    sockets.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    bind(sockets.back(), reinterpret_cast<sockaddr*>(&address), size);
    getsockname(sockets.back(), reinterpret_cast<sockaddr*>(&address), &size);
    ports.push_back(ntohs(address.sin_port));
  }
  for (const int socket : sockets) close(socket);
  return ports;
}

bool accepts(std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(client);
  return connected;
}

std::string configuration(const TempFolder& folder, const std::vector<std::string>& certificates,
                          const std::vector<std::uint16_t>& ports) {
  const std::string root = folder.path().string() + "/";
  std::string text =
      "daemon off;\nmaster_process off;\npid " + root + "nginx.pid;\nevents {}\nhttp {\n  access_log off;\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text += std::string("  ") + kind + "_temp_path " + root + kind + ";\n";
  }
  for (std::size_t i = 0; i < ports.size(); ++i) {
    text += "  server {\n    listen 127.0.0.1:" + std::to_string(ports[i]) + " ssl http2;\n    ssl_certificate " +
            root + certificates[i] + ".pem;\n    ssl_certificate_key " + root + certificates[i] +
            ".key;\n    location / { return 200 \"$server_protocol $connection\"; }\n  }\n";
  }
  return text + "}\n";
}

}  // namespace

std::string why_no_nginx() {
  if (std::system("nginx -v 2>/dev/null") != 0) return "nginx is not installed (Debian package nginx-light)";
  if (std::system("openssl version >/dev/null 2>&1") != 0) return "openssl is not installed";
  return "";
}

TestAuthority::TestAuthority(const TempFolder& folder) : folder_(folder) {
  run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=scaup test CA' "
      "-keyout ca.key -out ca.pem");
}

void TestAuthority::issue(std::string_view name, std::string_view subject, int days) const {
  const std::string file(name);
  folder_.write(file + ".ext", "subjectAltName=" + std::string(subject) + "\n");
  run("req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=scaup -keyout " + file +
      ".key -out " + file + ".csr");
  run("x509 -req -in " + file + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days " + std::to_string(days) +
      " -extfile " + file + ".ext -out " + file + ".pem");
}

void TestAuthority::issue_self_signed(std::string_view name, std::string_view subject) const {
  const std::string file(name);
  run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=scaup -addext "
      "subjectAltName=" +
      std::string(subject) + " -keyout " + file + ".key -out " + file + ".pem");
}

void TestAuthority::run(const std::string& arguments) const {
  const std::string command = "cd '" + folder_.path().string() + "' && openssl " + arguments + " >openssl.log 2>&1";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl failed: " + arguments);
}

NginxServer::NginxServer(const TempFolder& folder, const std::vector<std::string>& certificates)
    : certificates_(certificates), ports_(free_ports(certificates.size())) {
  std::string config = folder.write("nginx.conf", configuration(folder, certificates_, ports_)).string();
  std::string log = (folder / "error.log").string();
  std::string program = "nginx";
  std::string config_flag = "-c";
  std::string log_flag = "-e";
  char* arguments[] = {program.data(), config_flag.data(), config.data(), log_flag.data(), log.data(), nullptr};
  if (posix_spawnp(&process_, "nginx", nullptr, nullptr, arguments, environ) != 0) {
    throw std::runtime_error("nginx does not start");
  }
  for (int tries = 0; tries < 400 && !std::ranges::all_of(ports_, accepts); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
}

NginxServer::~NginxServer() {
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
}

std::string NginxServer::url(std::string_view certificate, std::string_view path) const {
  const auto found = std::ranges::find(certificates_, certificate);
  const auto index = static_cast<std::size_t>(found - certificates_.begin());
  return "https://localhost:" + std::to_string(ports_.at(index)) + std::string(path);
}

}  // namespace scaup::test
